import{qa as o,ra as r}from"./chunk-46TYVGNJ.js";import"./chunk-EPWDVT7R.js";export{r as KeysList,o as SingleKeys};
