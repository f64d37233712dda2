import{qa as o,ra as r}from"./chunk-APIR5JFM.js";import"./chunk-KUTGQXS7.js";export{r as KeysList,o as SingleKeys};
