import{qa as o,ra as r}from"./chunk-AKRPJOYB.js";import"./chunk-6FKFCSTP.js";export{r as KeysList,o as SingleKeys};
