### Rámec diagnózy.

certainty-certain = jistá
certainty-likely = pravděpodobná
certainty-possible = možná

## První dva řádky

headline-cause = Příčina { $code } ({ $certainty }): { $statement }
headline-question = Pro jistotu zjistěte: { $question }
headline-refused = Příčina zatím není doložena: { $reply } ({ $extent })
headline-no-refusal = V tom, co bylo přečteno, není žádné odmítnutí ani příčina
headline-nothing-read = Nebylo přečteno nic, z čeho by šlo příčinu poznat
headline-bring = Dále: { $what }
headline-bring-anything = Dále: přineste nedoručenku, protokol SMTP nebo protokol sledování zpráv z doby odmítnutí
headline-no-repair = Podle těchto souborů není co napravovat

refusals-counted = { $count ->
    [one] jedno odmítnutí
    [few] { $count } odmítnutí
   *[other] { $count } odmítnutí
}
extent-at = { $times }, { $at }
extent-span = { $times }, od { $from } do { $to }

## Oddíly

section-proof = Důkaz
section-repair = Náprava
section-others = Další příčiny
section-refusals = Odmítnutí
section-ruled-out = Co je vyloučeno
section-timeline = Odesílané certifikáty v průběhu času (UTC)
section-missing = Co chybí
section-unread = Čemu nebylo rozumět
section-next = Co udělat dále
section-remarks = Poznámky
section-read = Co bylo přečteno
section-picture = Cesta pošty

## Důkaz

comparison-title = { $field } neodpovídá tomu, co bylo předloženo:
since = Odmítáno od { $at }
last-worked = Naposledy prošlo: { $at }
explains = { $count ->
    [one] Vysvětluje jedno odmítnutí
    [few] Vysvětluje { $count } odmítnutí
   *[other] Vysvětluje { $count } odmítnutí
}
more-proof = { $count ->
    [one] Dokládá to ještě jeden řádek; najdete ho s --json a --html.
    [few] Dokládají to ještě { $count } řádky; najdete je s --json a --html.
   *[other] Dokládá to ještě { $count } řádků; najdete je s --json a --html.
}
more-timeline = Časová osa je delší; celou ji najdete s --json a --html.
more-unread = { $count ->
    [one] A ještě jedno místo; najdete ho s --json a --html.
    [few] A ještě { $count } místa; najdete je s --json a --html.
   *[other] A ještě { $count } míst; najdete je s --json a --html.
}

## Náprava

repair-at = { $side }: { $what }
side-exchange-online = Exchange Online PowerShell
side-exchange-server = Exchange Management Shell (2013 a novější)
side-exchange-2010 = Exchange Management Shell (2010)
side-postfix = Postfix
side-postwarden = Postwarden
side-network = Síť

## Odmítnutí

refusal-servers = Odesílající servery: { $list }
refusal-connectors = Odesílací konektory: { $list }
refusal-senders = Domény odesílatelů: { $list }

## Časová osa

timeline-lane = { $server }, konektor „{ $connector }“
timeline-accepted = { $count ->
    [one] jedna zpráva přijata
    [few] { $count } zprávy přijaty
   *[other] { $count } zpráv přijato
}
timeline-refused = { $count ->
    [one] jedna zpráva odmítnuta
    [few] { $count } zprávy odmítnuty
   *[other] { $count } zpráv odmítnuto
}
timeline-refused-since = { $refused }, od { $since }
timeline-no-answer = odpověď není vidět

## Co bylo přečteno

read = Přečteno: { $files }, { $records }
read-span = { $read }, od { $from } do { $to }
read-files = { $count ->
    [one] jeden soubor
    [few] { $count } soubory
   *[other] { $count } souborů
}
read-records = { $count ->
    [one] jeden záznam
    [few] { $count } záznamy
   *[other] { $count } záznamů
}

## Stránka

page-title = Diagnóza odmítnuté pošty
page-evidence = Vychází z níže uvedených souborů; nic se nezměnilo a nikam se nic neodeslalo.
page-private = Tato stránka obsahuje jména a adresy z vašich protokolů. Zamaskuje je postwarden diagnose --redact.
column-file = Soubor
column-kind = Druh
column-records = Záznamů
column-from = Od
column-to = Do
column-certificate = Certifikát
column-mail = Pošta
picture-server = Odesílající server
picture-connector = Odesílací konektor
picture-presented = Předloženo
picture-wanted = Druhá strana požaduje
picture-reply = Odpověď
picture-unknown = není vidět
picture-more = a další: { $count }
picture-description = Pošta jde ze serveru { $server } přes konektor { $connector }. Předloženo: { $presented }. Požadováno: { $wanted }. Odpověď: { $reply }
picture-broken = Zde je cesta přerušená
timeline-description = Certifikáty, které jednotlivé servery a konektory odesílaly od { $from } do { $to }. Červeně odmítnuto, zeleně přijato, žlutě obojí.

## Druhy dokladů

refusal-witness = { $extent }, zdroj: { $kind }
kind-send-log = odesílací protokol SMTP
kind-receive-log = přijímací protokol SMTP
kind-tracking-log = protokol sledování zpráv
kind-connectivity-log = protokol připojení
kind-queue = fronta
kind-event-log = protokol událostí
kind-bounce = nedoručenka
kind-headers = hlavičky zprávy
kind-message-trace = trasování zpráv
kind-postfix-log = protokol Postfixu
kind-exim-log = protokol Eximu
kind-sendmail-log = protokol sendmailu
kind-postfix-settings = nastavení Postfixu
kind-dump = objekty Exchange
kind-wizard-log = protokol průvodce hybridní konfigurací
kind-wizard-record = záznam průvodce hybridní konfigurací
kind-certificate = certifikát
kind-directory = adresář Postwardenu
kind-reply = vložená odpověď
