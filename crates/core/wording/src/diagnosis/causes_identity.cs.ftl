### Příčiny v certifikátu a v konektoru, který ho má znát.

cause-c01 = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} { $presented }; konektor „{ $connector }“ požaduje { $wanted }
cause-c01-changed = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} { $presented }; pošta procházela s { $before }, certifikátem na jiné jméno
question-c01-changed = odpovídá TlsSenderCertificateName některého příchozího konektoru (Get-InboundConnector) hodnotě { $presented }?
note-certificate-before = certifikát, se kterým pošta prošla
repair-find-certificate-name = nechte příchozí konektor pro tuto poštu přijímat { $value }
ruled-out-c01-matches = konektor „{ $connector }“ požaduje { $value } a posílá se { $presented }: jména si odpovídají
note-first-refusal = první odmítnutí
note-certificate-sent = certifikát, který se poslal
note-certificate-predicted = certifikát, který by se podle výpisů poslal; žádný protokol ho neukazuje
note-connector-wants = co konektor požaduje
repair-set-certificate-name = nechte konektor „{ $connector }“ přijímat { $value }
note-no-certificate = žádný certifikát se neposlal
note-connector = konektor
repair-send-certificate = nechte konektor „{ $connector }“ předkládat certifikát { $subject }
repair-send-certificate-unnamed = nechte odesílací konektor předkládat certifikát { $subject }

cause-c04-self-signed = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} konektorem „{ $connector }“ svůj vlastní, sám sebou podepsaný certifikát { $presented }
cause-c04-self-signed-unnamed = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} svůj vlastní, sám sebou podepsaný certifikát { $presented }
cause-c04-internal = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} konektorem „{ $connector }“ certifikát pro vnitřní jména, { $presented }
cause-c04-internal-unnamed = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} certifikát pro vnitřní jména, { $presented }
cause-c04-other = { $sender ->
    [unknown] Odesílající server posílá
   *[other] { $sender } posílá
} { $presented }, kdežto konektor „{ $connector }“ jmenuje jiný certifikát
cause-c04-missing = certifikát, který jmenuje konektor „{ $connector }“, na serveru není
cause-c04-missing-unnamed = certifikát, který odesílací konektor jmenuje, na serveru není
question-c04 = je „{ $connector }“ odesílací konektor, kterým odchází pošta do Microsoftu 365 (Get-SendConnector)?
ruled-out-c04 = nic neukazuje, že by se měl posílat jiný certifikát než { $presented }
ruled-out-c04-address = pošta se pouští podle adresy, takže nezáleží na tom, že se posílá { $presented }
ruled-out-c04-receive = událost se týká konektoru „{ $connector }“, který tuto poštu neposílá
note-certificate-named = certifikát, který konektor jmenuje
note-no-certificate-named = konektor žádný nejmenuje, takže se vybírá podle jeho Fqdn
note-event = událost
repair-choose-certificate = nechte konektor „{ $connector }“ předkládat správný certifikát
repair-choose-certificate-unnamed = nechte odesílací konektor předkládat správný certifikát
cause-c05 = navázání TLS končí chybou { $error }: soukromý klíč k certifikátu konektoru „{ $connector }“ chybí nebo ho nelze použít
cause-c05-store = k certifikátu { $subject } není na serveru soukromý klíč
ruled-out-c05-error = navázání TLS konektorem „{ $connector }“ končí chybou { $error }, která se soukromého klíče netýká
repair-private-key = dejte k certifikátu jeho soukromý klíč
cause-c06-event = řetězu certifikátu { $presented } se nevěří: říkají to Windows (800B0109), nejspíš proto, že se s ním neposílá { $issuer }
cause-c06-self-signed = { $presented } se podepsal sám, takže mu druhá strana nevěří
cause-c06-alone = { $presented } přichází bez mezilehlého certifikátu { $issuer }, takže mu druhá strana nemusí věřit
cause-c06 = jméno je správné; řetězu certifikátu { $presented } se možná nevěří
question-c06 = je mezilehlý certifikát { $issuer } na každém odesílajícím serveru v úložišti zprostředkujících autorit počítače?
repair-send-chain = ať se s certifikátem posílá i { $issuer }
cause-c12-disabled = konektor „{ $connector }“ by tuto poštu pustil, ale je vypnutý
cause-c12-partner = konektor „{ $connector }“ by tuto poštu pustil, ale je typu Partner, který k předávání neopravňuje
cause-c12-none = není žádný zapnutý konektor typu OnPremises, takže se ničí pošta nepozná jako vlastní
ruled-out-c12 = konektor „{ $connector }“ je zapnutý a typu OnPremises
note-connector-disabled = konektor, vypnutý
note-connector-partner = konektor typu Partner
note-connector-removed = konektor byl odstraněn
repair-connector-on = ať konektor poštu pouští
cause-c15 = identifikátor certifikátu má { $length } znaků; přes 256 se na servery Edge ({ $servers }) nepřenáší
ruled-out-c15-no-edge = identifikátor certifikátu má { $length } znaků a žádný server Edge se neukazuje
ruled-out-c15-length = identifikátor certifikátu má { $length } znaků, na servery Edge se přenáší nejvýš 256
repair-short-identifier = pořiďte kratší identifikátor
cause-c20 = jen { $server } posílá { $presented } a odmítá se; { $others } posílá jiný certifikát, který projde
cause-c20-address = odmítá se jen pošta z { $server }; pošta z { $others } týmž konektorem projde
ruled-out-c20 = v těchto souborech pošta žádného jiného serveru neprochází, zatímco se pošta z { $server } odmítá
note-passes-elsewhere = týž konektor na jiném serveru
repair-same-certificate = ať i { $server } předkládá { $presented }
cause-p01-expired = platnost { $presented } skončila { $date }
cause-p01-early = { $presented } platí až od { $date }
question-p01 = byl certifikát v době odmítnutí ještě platný? Výpis má data v místním čase svého serveru
ruled-out-p01 = { $presented } platil, do { $date }
cause-p02 = Postfix nepředkládá žádný certifikát: není nastaveno smtp_tls_chain_files ani smtp_tls_cert_file
question-p02 = jde zamýšlený konektor podle certifikátu, a ne podle adresy?
ruled-out-p02 = Postfix má nastaveno předkládat certifikát: { $value }
repair-p02 = nechte Postfix předkládat certifikát
cause-p06 = předávací server nenašel odpovídající konektor; nejblíž je „{ $connector }“ (tenant { $tenant }): { $field } chce { $wanted }, předloženo bylo { $presented }
cause-p06-none-presented = předávací server nenašel odpovídající konektor; nejblíž je „{ $connector }“ (tenant { $tenant }): { $field } chce { $wanted } a nic takového předloženo nebylo
cause-p06-nothing = nic z toho, co se předložilo, v adresáři předávacího serveru není: žádný konektor není blízko
question-p06 = co odesílající server předložil? Certifikát a adresu ukáže jeho vlastní protokol nebo přijímací protokol předávacího serveru

cause-p07 = zda tato pošta projde, závisí na bodě, o kterém Microsoft mlčí; odmítla se
cause-p07-bare-domain = { $presented } je holá doména hodnoty { $value }, což Microsoft zřejmě za shodu nepovažuje
cause-p07-several-labels = { $presented } leží o několik úrovní pod { $value }, což Microsoft zřejmě za shodu nepovažuje
cause-p07-presented-wildcard = v certifikátu je hvězdička { $presented }, kterou Microsoft zřejmě za shodu s { $value } nepovažuje
cause-p07-owned-through-subdomain = { $value } je vlastní jen přes přijímanou doménu pod ní, což Microsoft zřejmě neuznává
