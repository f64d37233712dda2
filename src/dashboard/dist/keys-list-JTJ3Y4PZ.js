import{a as o,b as r}from"./chunk-FXLJJUSY.js";import"./chunk-EDOXIWIM.js";export{r as KeysList,o as SingleKeys};
