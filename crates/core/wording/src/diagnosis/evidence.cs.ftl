### Co se přečetlo a co ne.

problem-not-recognised = nepodařilo se poznat, co to je
problem-more = v souboru je { $count } dalších míst, kterým nebylo rozumět

# Co není důkaz, nebo není v podobě, kterou lze číst.
problem-empty = prázdný soubor
problem-binary = není to text a nepodařilo se poznat, co to je
problem-image = obrázek: vložte text, nebo dodejte soubor, který je na něm vidět
problem-printed = dokument určený k tisku nebo formátovaný: dodejte jeho text uložený jako .txt
problem-event-log-binary = protokol událostí v binární podobě: vyexportujte ho do XML příkazem wevtutil qe SOUBOR.evtx /lf:true /f:xml
problem-compound-file = zpráva uložená Outlookem jako .msg, nebo starý dokument Office: uložte ji jako .eml nebo jako text, případně text vložte
problem-archive-other = archiv nebo komprimovaný soubor typu, který se zde neotvírá: rozbalte ho, nebo ho zabalte jako .zip či .gz
problem-too-long = delší než { $limit } MB, víc nelze přečíst vcelku: nečetlo se

# Soubory, složky a archivy.
problem-unreadable = nelze přečíst: { $error }
problem-our-fault = chyba tohoto programu při čtení souboru: jeho obsah se nepoužil; prosíme, oznamte ji
problem-special-file = { $what ->
    [socket] soket
    [pipe] roura
   *[other] zařízení
  }, ne soubor: přeskočeno
problem-folder-twice = složka, která se už četla, například přes symbolický odkaz na složku nad ní: přeskočeno
problem-file-twice = soubor, který se už četl: přeskočeno, jinak by se jeho pošta počítala dvakrát
problem-folder-empty = prázdná složka
problem-too-deep = více než { $limit } složek v sobě: co je uvnitř, se nečetlo
problem-too-many-files = více než { $limit } souborů: zbytek se nečetl; zadejte složku blíže k protokolům
problem-changed = soubor se během čtení zkrátil: zopakujte čtení, nebo soubor nejdřív zkopírujte
problem-archive-damaged = poškozený nebo neúplný soubor: { $error }; co bylo před tím, se přečetlo
problem-archive-encrypted = zašifrováno: nejdřív soubor rozbalte s heslem
problem-archive-method = komprimováno metodou { $method }, která se zde nečte: zabalte soubor do běžného .zip (deflate)
problem-archive-link = odkaz uvnitř archivu: přeskočeno
problem-archive-empty = archiv bez souborů
problem-archive-nested = více než { $limit } archivy v sobě: neotvírá se
problem-archive-members = v archivu je více než { $limit } souborů: zbytek se nečetl; rozbalte ho a zadejte složku
problem-archive-bomb = rozbalí se na mnohem víc, než by měl jakýkoli protokol: dál se nečetlo
problem-archive-held = .zip větší než { $limit } MB, který není samostatným souborem: rozbalte ho, nebo ho zadejte jako soubor
# Nedoručenky a hlavičky doručené pošty.
problem-letter-cut = delší než { $limit } MB: přečetl se jen začátek
problem-letter-parts = zpráva má víc částí, než kolik se jich prohlíží; zbytek se přeskočil
problem-letter-empty = zpráva neobsahuje odmítnutí a v hlavičce nemá stopu po Exchange Online: nic nedokládá
problem-reply-unknown = nedoručenka neuvádí odpověď, které by bylo rozumět: { $text }

# Protokoly průvodce, certifikáty, soubory s adresářem.
problem-wizard-line-too-long = řádek delší než jakýkoli, který průvodce píše; přešel se
problem-wizard-entry-cut = tento záznam je delší, než kolik se uchovává; jeho konec chybí
problem-wizard-unfinished = protokol neříká, jak tohle dopadlo, takže není známo, zda se něco změnilo: { $command }
problem-wizard-changes = dalších změn z tohoto běhu, které zde nejsou uvedeny: { $count }
problem-wizard-xml = odtud dál to není XML: { $detail }
problem-wizard-document-type = deklarace typu dokumentu, kterou takový záznam nikdy nemá; co deklaruje, se přechází
problem-wizard-too-much = víc, než kolik záznam jednoho běhu obsahuje; zbytek se přechází
problem-wizard-no-command = volání bez příkazu, který by se dal přečíst
problem-certificate = { $detail }
problem-certificate-password = soubor PKCS#12, který vyžaduje heslo: exportujte samotný certifikát bez soukromého klíče jako .cer; tento soubor přečte postwarden certificate inspect --password-file
problem-private-key = mezi podklady je soukromý klíč. Neuchovává se ani nezobrazuje; tuto kopii smažte, a pokud jste ji někomu poslali, nechte certifikát vystavit znovu s jiným klíčem
problem-directory = { $detail }

# Výpisy příkazů Get-.
problem-unknown-object = objekt druhu, který se zde nevyužívá, s vlastnostmi { $properties }
problem-dump-unused = výpis příkazu { $cmdlet } se zde nevyužívá
problem-dump-enumeration = { $property } je při výpisu zkráceno na první hodnoty; všechny vypíše: { $command }
problem-dump-column = { $property } je zkráceno šířkou tabulky; celé je vyexportuje: { $command }
problem-dump-type-name = místo hodnot { $property } je vyexportován jen název typu; hodnoty vyexportuje: { $command }
problem-dump-depth = { $property } leží hlouběji, než kam export sahal; celé je vyexportuje: { $command }
problem-dump-letters = { $property } obsahuje písmena, která se kvůli kódování ztratila nebo jsou nejistá; celé je vyexportuje: { $command }
problem-dump-number = { $property } je vyexportováno jako číslo bez názvu; název vyexportuje: { $command }
problem-dump-unfinished = konec hodnoty { $property } chybí; zkopírujte ji prosím celou, nebo ji vyexportujte: { $command }
problem-dump-value = { $property } má hodnotu, které není rozumět: { $value }
problem-dump-json = odtud dál to není čitelný JSON, nebo je useknutý; co bylo před tím, se přečetlo
problem-dump-clixml = odtud dál to není čitelný výstup Export-Clixml, nebo je useknutý; co bylo před tím, se přečetlo
problem-dump-entities = XML s vlastním typem dokumentu nebo entitami: odmítnuto; co bylo před tím, se přečetlo
problem-dump-record = řádek s jiným počtem hodnot, než je sloupců; takové řádky byly vynechány
problem-dump-rest = delší než { $limit } MB: zbytek se nečetl
problem-dump-objects = více než { $limit } objektů: zbytek se nečetl
problem-dump-mixed = více kódování v jednom souboru, jak je vytváří >> ve Windows PowerShellu: písmena s diakritikou mohou odtud dál chybět
problem-dump-encoding = kódování není uvedeno, předpokládá se { $encoding }: hodnoty s diakritikou se považují za nejisté; lepší je Export-Clixml nebo -Encoding UTF8
problem-log-undated = řádky nemají rok nebo časové pásmo a žádné odmítnutí v protokolu nenese čas druhé strany: tyto řádky se berou bez času
problem-setting-line = není to nastavení Postfixu

# Protokoly a tabulky po řádcích.
problem-open-quote = uvozovka není uzavřená: soubor zde byl uříznut, nebo hodnota přišla o uvozovky
problem-line-too-long = delší než jakýkoli řádek takového protokolu: přeskočeno
problem-fields = počet polí je { $found }, očekává se { $columns }
problem-time = čas, kterému není rozumět: { $text }
problem-no-row = není to řádek tohoto protokolu
problem-broken-event = záznam, který není platné XML, nebo nemá zdroj či číslo
problem-cut-off = soubor končí uprostřed záznamu, nebo je záznam delší, než jaké Windows zapisují

# Řádky protokolů SMTP.
problem-row-cut-off = soubor končí uprostřed tohoto řádku: řádek se nepoužil
problem-row-open-quote = uvozovky na tomto řádku nekončí: řádek se nepoužil
problem-row-none = není to řádek tohoto protokolu: přeskočeno
