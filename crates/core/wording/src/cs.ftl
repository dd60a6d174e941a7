### Texty v češtině. Identifikátory jsou stejné jako v en.ftl; klíče souboru adresáře, odpovědi a hodnoty se nepřekládají.

## Verdikty

passes = Prochází (pravidlo { $rule })
passes-originating = Prochází jako odchozí pošta tenanta { $tenant } přes konektor „{ $connector }“ (pravidlo { $rule })
passes-incoming = Prochází jako příchozí pošta pro tenanta { $tenant } přes konektor „{ $connector }“ (pravidlo { $rule })
passes-without-connector = Prochází jako příchozí pošta pro tenanta { $tenant } (pravidlo { $rule })
refused = Odmítnuto: { $reply } (pravidlo { $rule })
undetermined = Nelze rozhodnout: verdikt závisí na tom, co zde chybí: { $facts }

branch = { $assuming }: { $verdict }
branch-refused = odmítnuto, { $reply } (pravidlo { $rule })
branch-passes = prochází pro tenanta { $tenant } přes konektor „{ $connector }“ (pravidlo { $rule })
branch-passes-without-connector = prochází pro tenanta { $tenant } (pravidlo { $rule })
assumption = { $fact } = { $value }
incomplete = Možných hodnot je víc, než lze projít; doplňte, co chybí.

## Nadpisy

repair = Náprava: { $instruction }
repair-unknown = Náprava: není známa žádná jediná změna, po které by pošta prošla
repair-also = A dále: { $instruction }
heading-branches = Verdikt pro jednotlivé hodnoty:
heading-presented = Klient předložil:
heading-considered = Porovnané konektory:
heading-others = Ostatní konektory:
nearest = Nejblíže byl { $whose }
whose-connector = konektor „{ $connector }“ tenanta { $tenant }
whose-tenant = tenant { $tenant }
comparison = { $field }: { $reason } (pravidlo { $rule })
nearest-reason = { $reason } (pravidlo { $rule })
label-field = pole
label-wanted = požadováno
label-presented = předloženo
more-fields = { $count ->
    [one] ještě jedno pole
    [few] ještě { $count } pole
   *[other] ještě { $count } polí
}
not-shown = { $count ->
    [one] Jeden další blízký konektor zde není uveden.
    [few] { $count } další blízké konektory zde nejsou uvedeny.
   *[other] { $count } dalších blízkých konektorů zde není uvedeno.
}

## Co klient předložil

presented-address = adresa { $value }
presented-names = certifikát pro { $value }
presented-subject = předmět certifikátu: { $value }
presented-thumbprint = SHA-256 certifikátu: { $value }
presented-tls = TLS bez certifikátu
presented-fault = závada certifikátu: { $value }
presented-mail-from = doména odesílatele: { $value }
presented-rcpt-to = doména příjemce: { $value }

## Důvody

reason-decided = rozhodl tento konektor
reason-came-later = poštu by také přijal, ale přednost měl jiný konektor
reason-ambiguous = stejně dobře odpovídá i konektor jiného tenanta a doména odesílatele nepatří ani jednomu z nich
reason-out-of-bounds = toto nesmí zaregistrovat nikdo (meze pravidla A0), a proto se k tomu nepřihlíží
reason-disabled = konektor je vypnutý
reason-wrong-type = konektor typu Partner nepřiřazuje poštu tenantovi jako jeho vlastní
reason-no-certificate = klient nepředložil žádný certifikát
reason-name-differs = žádné z předložených jmen neodpovídá
reason-certificate-denied = tento certifikát provozovatel zakázal
reason-key-not-proved = klient neprokázal, že má klíč k certifikátu
reason-not-pinned = certifikát není žádný z připnutých
reason-untrusted = certifikát nevede k důvěryhodnému kořeni
reason-expired = platnost certifikátu nebo některého z jeho řetězce skončila
reason-not-yet-valid = certifikát nebo některý z jeho řetězce ještě neplatí
reason-wrong-use = certifikát není určen k ověření klienta ani serveru
reason-not-for-clients = certifikát není určen k ověření klienta, což konektor vyžaduje
reason-name-constraint = autorita z řetězce nesmí pro toto jméno vydávat certifikáty
reason-domain-unverified = doména jména certifikátu v konektoru není u tenanta ověřená
reason-domain-not-accepted = doména jména certifikátu v konektoru nepatří mezi přijímané domény tenanta
reason-name-of-another = předložené jméno leží v doméně, kterou má ověřenou jiný tenant
reason-address-differs = adresa klienta není v žádném z rozsahů
reason-address-unknown = adresa klienta není známa
reason-sender-not-held = podle adresy procházejí jen odesílatelé z ověřených domén tenanta
reason-null-sender = podle adresy prázdný odesílatel neprochází
reason-out-of-scope = doména odesílatele je mimo rozsah konektoru
reason-not-associated = doména odesílatele není mezi přidruženými přijímanými doménami
reason-tls-required = konektor vyžaduje TLS
reason-foreign-sender = doména odesílatele patří jinému tenantovi
reason-direct-send = tenant odmítá nepřiřazenou poštu ze svých vlastních domén
reason-no-route = žádný odesílací konektor tenanta nepřebírá poštu pro doménu příjemce
reason-suspended = provozovatel tenanta pozastavil a jeho pošta čeká, dokud nebude obnoven

## Úpravy

edit-set = Změňte { $field } konektoru „{ $connector }“ (tenant { $tenant }) z { $from } na { $to }
edit-set-first = Nastavte { $field } konektoru „{ $connector }“ (tenant { $tenant }) na { $to }
edit-add = Přidejte { $to } do { $field } konektoru „{ $connector }“ (tenant { $tenant })
edit-verify-domain = Zaregistrujte u tenanta { $tenant } přijímanou doménu { $to } a ověřte ji
edit-present-certificate = Na odesílajícím serveru: předkládejte důvěryhodný certifikát, jehož jméno odpovídá { $to }
edit-mend-certificate = Na odesílajícím serveru: předkládejte { $from } s důvěryhodným řetězcem: platný, s mezilehlými certifikáty a určený k ověření serveru nebo klienta
edit-mend-certificate-unnamed = Na odesílajícím serveru: předkládejte certifikát s důvěryhodným řetězcem: platný, s mezilehlými certifikáty a určený k ověření serveru nebo klienta
edit-mend-certificate-faults = Na odesílajícím serveru: napravte certifikát, neboť { $faults }
edit-use-tls = Na odesílajícím serveru: použijte STARTTLS
edit-use-own-sender = Na odesílajícím serveru: odesílejte z vlastní domény tenanta, například { $to }, a ne z { $from }
edit-add-connector = Přidejte tenantovi { $tenant } příchozí konektor s { $field } = { $to }
edit-add-tenant = Zaregistrujte tenanta s ověřenou doménou { $to }; zatím nepatří nikomu
edit-resume = Pozastavení ukončí operátor: postwarden tenant resume "{ $tenant }"

## Závady řetězce certifikátů

fault-self-signed-leaf = je podepsaný sám sebou
fault-untrusted-root = jeho řetězec končí u kořene { $root }, který není důvěryhodný
fault-missing-issuer = jeho řetězec končí u { $subject }, jehož vydavatel { $issuer } nebyl přiložen ani není důvěryhodný
fault-expired = platnost { $subject } skončila { $date }
fault-not-yet-valid = { $subject } platí až od { $date }
fault-wrong-use = není určen k ověření klienta ani serveru
fault-denied = provozovatel ho zakázal
fault-name-constraint = autorita z jeho řetězce nesmí pro toto jméno vydávat certifikáty
fault-uncheckable-key = jeho klíč je druhu, který nelze ověřit
fault-bad-signature = podpis { $subject } je chybný
fault-unreadable = jeho řetězec nelze projít: { $detail }

## Hodnoty

value-no-certificate = žádný certifikát
value-no-tls = bez TLS
value-no-name = žádné jméno DNS
value-no-domain = žádná doména
value-unknown = neznámo
value-not-verified = neověřená
value-not-accepted = není přijímaná doména
value-server-only = jen ověření serveru
value-null-sender = <> (prázdný odesílatel)
value-any-other = cokoli jiného
value-no-named-certificate = žádný, který některý konektor jmenuje
value-matches-nothing = neodpovídá ničemu předloženému
value-matches-owned = odpovídá a je v přijímané doméně
value-matches-unowned = odpovídá, ale není v přijímané doméně
value-yes = ano
value-no = ne

## Skutečnosti

fact-remote-ip = adresa klienta
fact-tls = TLS
fact-certificate = certifikát klienta
fact-mail-from = odesílatel (MAIL FROM)
fact-rcpt-to = příjemce (RCPT TO)
fact-unseen-by-certificate = zda certifikátu odpovídá konektor, který není vidět
fact-unseen-by-address = zda adrese odpovídá konektor, který není vidět
fact-accepted-domain = zda je { $domain } přijímaná doména tenanta
fact-field = { $field } konektoru „{ $connector }“
fact-reading-bare-domain = zda *.d odpovídá samotné d
fact-reading-several-labels = zda *.d odpovídá i několika úrovním pod d
fact-reading-presented-wildcard = zda předložený zástupný znak odpovídá jménu pod ním
fact-reading-owned-through-subdomain = zda přijímaná doména zahrnuje i domény pod ní
fact-reading-tie-to-sender = zda mezi stejně vhodnými konektory rozhoduje doména odesílatele
fact-reading-server-use = zda jména prokazuje i certifikát určený jen pro servery
fact-reading-recipient-fallback = zda při průchodu podle adresy zastoupí doménu odesílatele doména příjemce

## Pravidla

rule-a0 = meze toho, co lze zaregistrovat
rule-a1 = jména, která certifikát prokazuje
rule-a2 = důvěra v certifikát
rule-a3 = shoda hodnoty a jména
rule-a4 = vlastnictví domény hodnoty
rule-a5 = průchod podle certifikátu
rule-a6 = certifikát bez vlastnictví
rule-a7 = průchod podle adresy
rule-a8 = odchozí pošta
rule-a9 = příchozí pošta
rule-a10 = odmítnutí
rule-a11 = vlastní závada je dočasná
rule-a12 = jeden snímek adresáře, jeden verdikt na příjemce
rule-a13 = směrování
rule-a14 = pozastavení
