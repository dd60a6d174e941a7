### Causes in the certificate and the connector that should name it.
