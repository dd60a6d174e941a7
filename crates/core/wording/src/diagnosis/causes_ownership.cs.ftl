### Příčiny v adresách, doménách a odesílatelích.

cause-c02 = pošta přichází z { $address }; konektor „{ $connector }“ pouští { $registered }
ruled-out-c02-holds = konektor „{ $connector }“ pouští { $address }, odkud pošta přichází
cause-c03 = konektor „{ $connector }“ nejmenuje ani certifikát, ani adresu, takže nepozná nikoho
question-c03 = Měl tuto poštu pouštět konektor „{ $connector }“?
ruled-out-c03 = konektor „{ $connector }“ říká, koho pouští
cause-c19 = pošta odchází přes IPv6 z { $address }; konektory Exchange Online znají jen adresy IPv4
ruled-out-c19 = pošta přichází z { $address }, přes IPv4
note-address-seen = adresa, kterou vidí druhá strana
note-connector-addresses = adresy, které konektor pouští
repair-add-address = přidejte { $address } do konektoru „{ $connector }“
repair-accept-domain = přidejte { $domain } mezi přijímané domény a ověřte ji
repair-ipv4-only = nechte poštu odcházet přes IPv4, nebo předkládejte certifikát, který některý konektor jmenuje
