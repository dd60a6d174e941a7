### Nálezy příkazu lint: ke každému kódu text s předponou `lint-`. Dále náprava a to, co nešlo posoudit.

severity-broken = nefunguje
severity-will-break = přestane fungovat
severity-doubtful = k úvaze

## Rámec

lint-clean = Nenašlo se nic, co by nebylo v pořádku
lint-clean-as-far-as-judged = Pokud to šlo posoudit, nenašlo se nic, co by nebylo v pořádku
lint-nothing-read = Nenašlo se nic, na co se lint dívá
lint-summary = Nefunguje: { $broken }; přestane fungovat: { $willbreak }; k úvaze: { $doubtful }
lint-more = { $count ->
    [one] ještě jeden takový nález
    [few] ještě { $count } takové nálezy
   *[other] ještě { $count } takových nálezů
}
section-unjudged = Neposouzeno, protože to není vidět

## Jména certifikátů v příchozích konektorech

lint-unowned-name = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje { $value }, ale { $domain } není přijímaná doména tenanta: konektor tak pouští jen odesílatele z přijímaných domén a žádné nedoručenky (MC1226222, první nevhodný vzor: doména certifikátu není přijímaná)
lint-unverified-name = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje { $value }, ale doména { $domain } je zaregistrovaná a neověřená
lint-name-of-another-tenant = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje { $value }, ale { $held } patří tenantovi { $other }: žádný certifikát pod { $domain } se tu nepočítá
lint-name-owned-below = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje { $value }; přijímaná je jen { $below } pod { $domain } a Microsoft neříká, zda to stačí
lint-name-out-of-bounds = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje { $value }, jenže pod { $domain } si může registrovat doménu kdokoli: ke jménu se nepřihlíží
lint-name-unreadable = Příchozí konektor „{ $connector }“ požaduje „{ $value }“, což není doménové jméno: neodpovídá mu žádný certifikát

## Koho příchozí konektor pouští

lint-identifies-nobody = Příchozí konektor „{ $connector }“ ({ $tenant }) nemá ani jméno certifikátu, ani adresy: nikoho nerozpozná
lint-disabled = Příchozí konektor „{ $connector }“ ({ $tenant }) je vypnutý: nikoho nepouští
lint-tls-not-required = Příchozí konektor „{ $connector }“ ({ $tenant }) požaduje certifikát { $value }, ale nevyžaduje TLS, bez něhož žádný certifikát nepřijde
lint-restriction-without-addresses = Konektor „{ $connector }“ typu Partner ({ $tenant }) bere poštu jen ze svých adres, ale žádné nemá
lint-restriction-without-name = Konektor „{ $connector }“ typu Partner ({ $tenant }) bere poštu jen se svým certifikátem, ale žádný neuvádí
lint-addresses-not-enforced = Konektor „{ $connector }“ typu Partner ({ $tenant }) uvádí adresy, ale bere poštu i odjinud
lint-name-not-enforced = Konektor „{ $connector }“ typu Partner ({ $tenant }) uvádí jméno certifikátu, ale bere poštu i s jiným
lint-partner-for-own-servers = Konektor „{ $connector }“ ({ $tenant }) je typu Partner, přitom { $value } patří tenantovi: je-li určen pro vaše vlastní servery, jejich poštu dál nepředá
lint-scope-met-by-nobody = Příchozí konektor „{ $connector }“ ({ $tenant }) je pro odesílatele z { $scope }, podle adresy však pouští jen odesílatele z přijímaných domén tenanta a žádná z nich mezi nimi není
lint-connector-blocked = Exchange Online zablokoval konektor „{ $connector }“ jako zneužitý: jeho pošta dostává 550 5.7.711

## Konektory, které se nikdy nepoužijí, a překryvy

lint-shadowed = Příchozí konektor „{ $connector }“ ({ $tenant }) se nikdy nepoužije: „{ $winner }“ je podle jména před ním a převezme vše, co by převzal on (pravidla A5, A7)
lint-name-shadowed = Příchozí konektor „{ $connector }“ ({ $tenant }) se podle { $value } nikdy nepoužije: „{ $winner }“ má totéž jméno certifikátu a je dřív (pravidlo A5)
lint-range-shadowed = Příchozí konektor „{ $connector }“ ({ $tenant }) se podle { $value } nikdy nepoužije: „{ $winner }“ má tytéž adresy a je dřív (pravidlo A7)
lint-names-overlap = { $value } z příchozího konektoru „{ $connector }“ ({ $tenant }) leží uvnitř { $othervalue } z „{ $other }“: u certifikátů, které odpovídají oběma, má přednost „{ $connector }“, protože je přesnější (pravidlo A5)
lint-names-overlap-between-tenants = { $value } z příchozího konektoru „{ $connector }“ ({ $tenant }) leží uvnitř { $othervalue } z „{ $other }“ tenanta { $othertenant }: u certifikátů, které odpovídají oběma, má přednost { $tenant }, protože je přesnější (pravidlo A5)
lint-ranges-overlap = { $range } z příchozího konektoru „{ $connector }“ ({ $tenant }) leží uvnitř { $otherrange } z „{ $other }“: odtud má přednost „{ $connector }“, protože má delší prefix (pravidlo A7)
lint-ranges-overlap-between-tenants = { $range } z příchozího konektoru „{ $connector }“ ({ $tenant }) se kryje s { $otherrange } z „{ $other }“ tenanta { $othertenant }: odtud rozhoduje doména odesílatele a nedoručenky nepatří nikomu (pravidlo A7)
lint-addresses-of-several-tenants = { $range } z příchozího konektoru „{ $connector }“ ({ $tenant }) se kryje s { $otherrange } z „{ $other }“ tenanta { $othertenant } (MC1226222, druhý nevhodný vzor: adresy, které používají i jiní tenanti; může to bez varování přestat fungovat)

## Adresy

lint-ipv6-not-taken = Příchozí konektor „{ $connector }“ ({ $tenant }) má { $range }: Exchange Online adresy IPv6 nebere
lint-range-too-wide = Příchozí konektor „{ $connector }“ ({ $tenant }) má { $range }: Exchange Online nebere nic širšího než /24
lint-address-never-seen = Příchozí konektor „{ $connector }“ ({ $tenant }) má { $range }, tedy soukromou adresu: Exchange Online vidí veřejnou, za kterou vaše servery jsou
lint-address-of-exchange-online = Příchozí konektor „{ $connector }“ ({ $tenant }) má { $range }, odkud Exchange Online odesílá za všechny své tenanty (MC1226222, druhý nevhodný vzor: adresy, které používají i jiní tenanti)
lint-range-perhaps-shared = Příchozí konektor „{ $connector }“ ({ $tenant }) má { $range }: pokud odtud poskytovatel nebo služba odesílá i za jiné, jde o druhý nevhodný vzor z MC1226222, totiž adresy, které používají i jiní tenanti
lint-any-sender-shared = Nastavení any_sender příchozího konektoru „{ $connector }“ ({ $tenant }) nemá účinek: { $range } a { $otherrange } dvou tenantů se kryjí, { $tenant } a { $othertenant } („{ $other }“) (pravidlo A7)
lint-any-sender-public = Příchozí konektor „{ $connector }“ ({ $tenant }) bere z { $range } poštu libovolného odesílatele: kdo tam má adresu, může poslat cokoli

## Domény a cesty ven

lint-domain-unverified = Doména { $domain } tenanta { $tenant } není ověřená: žádná pošta se podle ní nepřiřadí a ověřit si ji může i jiný tenant
lint-match-subdomains-unused = Přijímaná doména { $domain } má MatchSubDomains a přitom je Authoritative: její subdomény se přijímají, jen je-li InternalRelay
lint-no-route = Tenant { $tenant } smí odesílat, ale nemá zapnutý žádný odesílací konektor: jeho pošta dostává 451 4.4.4 (pravidlo A13)
lint-route-never-chosen = Odesílací konektor „{ $connector }“ ({ $tenant }) se nikdy nepoužije: „{ $winner }“ má tytéž adresní prostory a je dřív (pravidlo A13)
lint-certificate-over-optional-tls = Odesílací konektor „{ $connector }“ ({ $tenant }) předkládá certifikát, ale kde TLS není nabízeno, odešle bez něj: pošta pak přijde neoznačená
lint-refused-by-apply = apply takový adresář odmítne: { $place }: { $why }

## Certifikáty

lint-certificate-expired = Certifikát { $certificate } ({ $place }) vypršel { $date }
lint-certificate-expires = Certifikát { $certificate } ({ $place }) vyprší { $date }: zbývající počet dnů je { $days }, tedy méně než { $within }
lint-certificate-not-yet-valid = Certifikát { $certificate } ({ $place }) platí až od { $date }
lint-intermediate-missing = Certifikát { $certificate } ({ $place }) je zde bez svého vydavatele { $issuer }: není-li to kořen, kterému druhá strana důvěřuje, je řetězec neúplný
lint-certificate-twice = Počet certifikátů, které mají na { $place } téhož vydavatele a předmět jako { $certificate }, je { $count }: Exchange použije ten, který vyprší poslední, { $thumbprint }
lint-certificate-status = Exchange označuje certifikát { $certificate } ({ $place }) jako { $status }: je-li jeho řetězec na serveru neúplný, odesílá se bez mezilehlých certifikátů
lint-certificate-without-key = Certifikát { $certificate } ({ $place }) se má předkládat, ale nemá tam soukromý klíč
lint-certificate-self-signed = Certifikát { $certificate } ({ $place }) se má předkládat, ale je podepsaný sám sebou: Exchange Online ho za důkaz nebere

## Odesílací konektory Exchange

lint-certificate-name-dangling = Odesílací konektor „{ $connector }“ uvádí { $name } a takový certifikát žádný server nemá: pošta čeká s 454 4.7.5
lint-server-lacks-certificate = Odesílací konektor „{ $connector }“ uvádí { $name } a zdrojový server { $server } takový certifikát nemá
lint-certificate-name-too-long = TlsCertificateName odesílacího konektoru „{ $connector }“ má { $length } znaků; nad 256 se na servery Edge nepřenese a ty pak odesílají jiný certifikát
lint-certificate-not-chosen = Odesílací konektor „{ $connector }“ nemá ani TlsCertificateName, ani veřejné Fqdn („{ $fqdn }“): Exchange vybírá certifikát podle vnitřního jména serveru, často takový, který je podepsaný sám sebou
lint-starttls-ignored = Odesílací konektor „{ $connector }“ má { $property } { $value }: bez TLS není ani certifikát
lint-send-tls-not-required = Odesílací konektor „{ $connector }“ má { $property } { $value }: kde se TLS nepodaří, odejde pošta bez něj i bez certifikátu
lint-send-tls-not-validated = Odesílací konektor „{ $connector }“ má { $property } „{ $value }“: nedívá se, s čím serverem mluví
lint-send-logging-off = Odesílací konektor „{ $connector }“ má { $property } { $value }: žádný protokol neukáže, který certifikát se odeslal
lint-certificate-not-admitted = Odesílací konektor „{ $connector }“ předkládá { $certificate }, který nepustí žádný příchozí konektor; nejbližší, „{ $inbound }“, požaduje { $wanted }
lint-outbound-tls-domain-unmatched = Konektor „{ $connector }“ z Exchange Online k vám požaduje po vašich serverech { $wanted }, ale žádný jejich certifikát takové jméno nemá
lint-hybrid-certificate-differs = Odesílací konektor „{ $connector }“ má { $own }, Get-HybridConfiguration { $wizards }: průvodce při příštím spuštění nastaví zase svůj

## Náprava

mend-set-name = Nastavte jméno certifikátu konektoru „{ $connector }“ na { $value }
mend-accept-domain = Přidejte { $domain } mezi přijímané domény tenanta a ověřte ji
mend-set-flag = Nastavte { $field } konektoru „{ $connector }“ na { $value }
mend-set-on-premises = Je-li určen pro vaše vlastní servery: změňte typ konektoru „{ $connector }“ na OnPremises
mend-fill = Nastavte { $field } tak, jak je to míněno
mend-drop-range = Odeberte { $range } z konektoru „{ $connector }“
mend-narrow-range = Místo { $range } uveďte v konektoru „{ $connector }“ adresy vlastních serverů
mend-remove-connector = Odstraňte konektor „{ $connector }“
mend-add-send-connector = Přidejte tenantovi { $tenant } odesílací konektor
mend-unblock = Nechte konektor uvolnit; trvá to až hodinu
mend-internal-relay = Změňte typ domény { $domain } na InternalRelay
mend-renew-certificate = Obnovte { $certificate } se stejnými jmény
mend-public-certificate = Předkládejte místo něj certifikát veřejné autority
mend-repair-key = Spojte certifikát s jeho klíčem, nebo ho naimportujte znovu i s klíčem
mend-import-intermediates = Naimportujte mezilehlé certifikáty do úložiště zprostředkujících autorit na serveru
mend-append-issuer = Připojte { $issuer } na konec souboru
mend-remove-old-certificate = Ostatní odstraňte, až je nebude nic používat
mend-choose-certificate = Ať „{ $connector }“ předkládá certifikát, který servery mají
mend-import-certificate = Naimportujte certifikát s klíčem na { $server }
mend-shorter-certificate = Nechte si vystavit certifikát, jehož vydavatel a předmět jsou dohromady kratší, například jen s CN
mend-set-fqdn = Nastavte Fqdn konektoru „{ $connector }“ na jméno z certifikátu
mend-set-property = Nastavte { $property } konektoru „{ $connector }“ na { $value }
mend-set-tls-domain = Nastavte TlsDomain konektoru „{ $connector }“ na jméno, které má certifikát vašich serverů
mend-hybrid-to-connector = Je-li správně konektor: nastavte totéž v objektu průvodce

## Co nešlo posoudit

unjudged-domains = zda tenantovi patří jména certifikátů v příchozích konektorech: přijímané domény nejsou vidět všechny
unjudged-field = { $field } konektoru „{ $connector }“: není vidět, nebo ne celé
unjudged-certificates = který certifikát předkládá odesílací konektor „{ $connector }“: certifikáty serverů nejsou vidět
