### Co se přečetlo a co ne.

problem-not-recognised = nepodařilo se poznat, co to je
problem-more = v souboru je { $count } dalších míst, kterým nebylo rozumět
