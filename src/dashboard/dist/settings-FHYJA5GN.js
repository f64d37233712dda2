import{a as o,b as r}from"./chunk-HBWINVJ7.js";import"./chunk-FKUG2SE3.js";import"./chunk-HE2OAZKR.js";import"./chunk-PTQBI3UH.js";export{r as SettingsPage,o as settingsTabs};
