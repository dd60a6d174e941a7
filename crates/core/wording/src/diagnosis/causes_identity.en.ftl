### Causes in the certificate and the connector that should name it.

cause-c01 = Exchange sends { $presented }; connector "{ $connector }" wants { $wanted }
ruled-out-c01-matches = connector "{ $connector }" wants { $value }, and { $presented } was sent: the names match
note-first-refusal = the first refusal
note-certificate-sent = the certificate that was sent
note-certificate-predicted = the certificate that would be sent, by the dumps; no log shows it
note-connector-wants = what the connector wants
repair-set-certificate-name = have connector "{ $connector }" accept { $value }
note-no-certificate = no certificate was sent
note-connector = the connector
repair-send-certificate = have connector "{ $connector }" present the certificate { $subject }
