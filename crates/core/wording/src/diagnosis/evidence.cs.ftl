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
