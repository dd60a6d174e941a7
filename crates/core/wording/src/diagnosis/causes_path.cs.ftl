### Příčiny na cestě a doklady, které chybí.

cause-c07 = STARTTLS se nenabízí, takže se nepředkládá žádný certifikát: něco po cestě ho z rozhovoru vyjímá
cause-c07-masked = firewall rozhovor maskuje a STARTTLS z něj vyjímá, takže se nepředkládá žádný certifikát
cause-c07-broken = navázání TLS se láme chybou { $error }; možná do něj po cestě něco zasahuje
cause-c07-not-used = odesílající server o TLS vůbec nežádá (konektor „{ $connector }“), takže nepředkládá žádný certifikát
cause-c07-not-used-unnamed = odesílající server o TLS vůbec nežádá, takže nepředkládá žádný certifikát
question-c07 = je mezi serverem a Exchange Online firewall nebo brána, která prohlíží SMTP nebo TLS?
ruled-out-c07 = relace běžela přes TLS
note-no-starttls = slova druhé strany tak, jak dorazila, bez STARTTLS
repair-let-starttls-through = propusťte STARTTLS
repair-use-tls = ať odesílající server používá TLS
cause-c14 = poštu předal { $server }, cizí server: počítá se jeho certifikát a adresa, ne vaše
question-c14 = je { $server } služba (podpisy, bezpečnostní brána), která vaši poštu vrací do Microsoft 365?
ruled-out-c14 = { $server }, který poštu předal, je z vlastní domény organizace
repair-c14 = nechte { $server } předkládat certifikát jen pro vaši organizaci a pojmenujte ho v konektoru
note-path = cesta, kterou pošta šla
cause-c16 = zdá se, že zařízení nebo aplikace posílá přímo druhé straně pro vnější příjemce a žádný konektor ji nezná
cause-c16-address = zdá se, že zařízení nebo aplikace z { $address } posílá přímo druhé straně pro vnější příjemce a žádný konektor ji nezná
question-c16 = je odesílatelem zařízení nebo aplikace, a ne poštovní server?
ruled-out-c16 = zprávu o nedoručení napsal { $server }: odeslal ji poštovní server, ne zařízení
repair-c16 = vytvořte konektor pro jeho veřejnou adresu, nebo ho nechte posílat přes poštovní server
cause-c17 = směrovací server (smart host) { $host } není vlastní koncový bod organizace
cause-c17-said = pošta jde do nesprávné oblasti: smart host není vlastní, nebo tam neodpovídá žádný konektor
question-c17 = jaký smart host konektor jmenuje a je to ten, který ukazuje správa Microsoft 365 u domén?
ruled-out-c17 = smart host { $host } je koncový bod Exchange Online
note-smart-host = smart host
repair-smart-host = posílejte na { $host }
cause-c21 = byla-li tato pošta zkouškou nějakým nástrojem, nedokazuje nic: nástroj nepředkládá certifikát a konektor jde podle něj
question-c21 = byla odmítnutá pošta zkouškou skriptem nebo nástrojem (Send-MailMessage, telnet, swaks), a ne poštovním serverem?
ruled-out-c21 = certifikát se předložil
repair-c21 = zkoušejte přes poštovní server, nebo nástrojem, který certifikát předloží
cause-c23-blocked = konektor je zablokován jako zneužitý (5.7.711); s přiřazením k tenantovi to nesouvisí
cause-c23-unregistered = organizace je zablokována za poštu z neregistrovaných domén (5.7.750); s přiřazením k tenantovi to nesouvisí
cause-c23-unregistered-sender = organizace je zablokována za poštu z neregistrovaných domén (5.7.750), jako je { $sender }; s přiřazením k tenantovi to nesouvisí
note-connector-blocked = zablokovaný konektor
repair-unblock = najděte zneužití a pak konektor odblokujte
repair-register = zaregistrujte domény, které posílají, a nechte zablokování zrušit
cause-p03 = konektor typu Partner na straně příjemce omezuje, kdo smí posílat (5.7.51), a certifikát ani adresa nevyhovují
repair-p03 = zjistěte, který konektor omezuje; v hybridní organizaci nechte posílat správný certifikát
cause-p04 = organizace příjemce odmítá přímé zasílání (5.7.68): odesílatel je v její vlastní doméně a server nezná žádný konektor
repair-p04 = vytvořte konektor pro adresu nebo certifikát odesílatele
cause-p05 = konektor vyžaduje TLS (454 4.7.0) a pošta přišla bez něj, nebo s certifikátem, který neodpovídá
repair-p05 = ať odesílající server používá TLS se správným certifikátem

missing-send-log = protokol odesílacího konektoru: ukazuje, který certifikát se opravdu poslal. Zapněte ho pro konektor do Microsoftu 365, počkejte na odmítnutí a přineste soubor; číst ho smí místní správci serveru
missing-postfix-settings = nastavení Postfixu: ukazuje, který certifikát předkládá
missing-client-certificate = soubor s certifikátem, který Postfix předkládá, bez klíče: protokol ho nejmenuje
missing-inbound-connectors = příchozí konektory (Exchange Online PowerShell): ukazují, jaký certifikát nebo adresa se požaduje
missing-all-connectors = všechny příchozí konektory, ne jeden z nich: rozhodovat může jiný
missing-accepted-domains = přijímané domény (Exchange Online PowerShell): ukazují, čí je doména certifikátu a odesílatele
missing-send-connectors = odesílací konektory (Exchange Management Shell): ukazují, který certifikát se má posílat
missing-exchange-certificates = certifikáty všech odesílajících serverů (Exchange Management Shell), bez klíčů
next-repair-and-test = proveďte opravu a pošlete zprávu vnějšímu příjemci; než se Exchange Online o změně dozví, může uplynout hodina
next-repair-and-test-relay = proveďte opravu a pošlete zprávu vnějšímu příjemci; Postwarden použije změnu ihned
next-bring-a-refusal = přineste, co odmítnutí ukazuje: protokol odesílacího konektoru, protokol sledování zpráv nebo nedoručenku
remark-beyond = Hlaviček pošty, která prošla, je tu víc, než se uchovává; zbytek se vynechal. Méně souborů nebo --since ukáže víc.
next-answer-the-question = odpovězte na otázku: ta rozhodne, zda je to příčina
remark-no-refusal = V těchto souborech není žádné odmítnutí z rodiny 5.7.64.
remark-ceiling-bounce = Nedoručenka ukazuje druh odmítnutí a čí to byla pošta, ne který certifikát se poslal.
remark-ceiling-tracking = Protokol sledování nebo fronta ukazuje odkdy, který konektor, server a odesílatelé, ne který certifikát se poslal.
remark-ceiling-mta = Tento protokol nejmenuje certifikát, který se poslal; ukáže ho nastavení serveru.
remark-status-only = Protokol uvádí jen stav 5.7.64 bez slov odpovědi. Zda některý konektor vyhověl (ATTR36), nebo žádný, ukáže jen zpráva o nedoručení.
remark-predicted = Certifikát je odhadnut z výpisů konektorů a certifikátů; co se poslalo, ukáže jen protokol odesílacího konektoru.
remark-passed-on = Odmítnutí předal dál { $server }: počítá se, co Microsoftu 365 předkládá { $server }, a to ukáže jeho vlastní protokol (u služby Front End Transport v Exchange: FrontEnd\ProtocolLog\SmtpSend).
remark-passes-again = Pošta stejným příjemcům toutéž cestou v { $time }, po posledním odmítnutí, znovu prošla.
remark-several-organizations = Jsou tu výpisy několika organizací, { $first } a { $second }. Vypovídají jen výpisy té, jejíž pošta se odmítá: dokud ostatní nevynecháte, není jisté nic.
remark-other-tenants = Zda si tentýž certifikát nebo adresu nárokuje jiný tenant, odsud vidět není.
remark-trace = Odmítnutá pošta není v žádném trasování zpráv: nepatří žádnému tenantovi. Že tam chybí, nic jiného nedokazuje.
remark-wrong-region = 4.4.62 ATTR35 má tytéž příčiny jako 5.7.64: tam, kam pošta přišla, neodpovídá žádný konektor.
remark-attempts-beyond = Dalších pokusů, které byly příliš rozmanité, než aby se uchovaly, bylo { $count }; v žádném z počtů zde nejsou. Pomůže zúžit období volbou --since.
remark-wizard-set = { $confirmed ->
    [no] Průvodce hybridní konfigurací měl
   *[yes] Průvodce hybridní konfigurací
}{ $clock ->
    [local] {" "}v { $time } (místní čas jeho počítače)
    [utc] {" "}v { $time } UTC
   *[none] {""}
} { $confirmed ->
    [no] nastavit
   *[yes] nastavil
} { $property } objektu { $object } na { $after }; { $known ->
    [before] předtím to bylo { $before }
    [last] některý dřívější běh tam nastavil { $before }
   *[none] co tam bylo předtím, soubor neuvádí
}{ $confirmed ->
    [no] . Zda se to podařilo, soubor neuvádí
   *[yes] {""}
} ({ $place }).
remark-wizard-left = Průvodce hybridní konfigurací{ $clock ->
    [local] {" "}v { $time } (místní čas jeho počítače)
    [utc] {" "}v { $time } UTC
   *[none] {""}
} našel { $property } objektu { $object } s hodnotou { $after } a ponechal ji ({ $place }).
