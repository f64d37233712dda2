import{qa as o,ra as r}from"./chunk-O72RUV5I.js";import"./chunk-WZNF6YXC.js";export{r as KeysList,o as SingleKeys};
