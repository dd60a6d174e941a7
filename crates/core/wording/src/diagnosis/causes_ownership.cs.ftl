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
cause-c08 = konektor „{ $connector }“ odpovídá hodnotou { $value }, ale { $domain } není přijímaná doména
cause-c08-sender = konektor „{ $connector }“ odpovídá hodnotou { $value }, ale ani { $domain }, ani doména odesílatele { $sender } není přijímaná
cause-c08-said = některý konektor odpovídá, ale doména certifikátu ani odesílatele není přijímaná
question-c08 = Které domény jsou přijímané (Get-AcceptedDomain) a je mezi nimi doména certifikátu nebo odesílatele?
cause-c09 = pošta s prázdným odesílatelem (nedoručenky, odpovědi mimo kancelář) projde jen s certifikátem, jehož doména je přijímaná
cause-c10 = doména odesílatele { $sender } není přijímaná: přeposílaná pošta nebo aplikace, která posílá pod cizím jménem
cause-c11 = doména odesílatele { $sender } není přijímaná; { $accepted } ano, ale tu nezahrnuje
cause-c18 = jedna zpráva od { $sender }, která není přijímaná, do několika domén ({ $recipients }): druhá strana si nemůže vybrat
question-c18 = Projde tatáž zpráva, když se pošle každému příjemci zvlášť?
ruled-out-c18 = pošta od { $sender } do jediné domény se odmítá také
ruled-out-owned = konektor „{ $connector }“ odpovídá hodnotou { $value } a ta doména je přijímaná: pak projde každý odesílatel
note-accepted-domain = přijímaná doména
note-passed-alone = do jediné domény prošla
