### Příčiny v certifikátu a v konektoru, který ho má znát.

cause-c01 = Exchange posílá { $presented }; konektor „{ $connector }“ chce { $wanted }
ruled-out-c01-matches = konektor „{ $connector }“ chce { $value } a posílá se { $presented }: jména si odpovídají
note-first-refusal = první odmítnutí
note-certificate-sent = certifikát, který se poslal
note-certificate-predicted = certifikát, který by se podle výpisů poslal; žádný protokol ho neukazuje
note-connector-wants = co konektor chce
repair-set-certificate-name = nechte konektor „{ $connector }“ přijímat { $value }
note-no-certificate = žádný certifikát se neposlal
note-connector = konektor
repair-send-certificate = nechte konektor „{ $connector }“ předkládat certifikát { $subject }
