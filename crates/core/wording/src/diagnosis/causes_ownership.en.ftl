### Causes in addresses, domains and senders.
