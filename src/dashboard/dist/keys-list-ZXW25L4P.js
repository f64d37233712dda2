import{qa as o,ra as r}from"./chunk-7TESMMOH.js";import"./chunk-JL3G5EZC.js";export{r as KeysList,o as SingleKeys};
