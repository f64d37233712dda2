import{qa as o,ra as r}from"./chunk-HTO6RYDM.js";import"./chunk-GEAG7HDY.js";export{r as KeysList,o as SingleKeys};
