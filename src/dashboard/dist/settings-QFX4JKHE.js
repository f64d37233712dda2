import{a as o,b as r}from"./chunk-N5IPTCLJ.js";import"./chunk-ENVSB4R2.js";import"./chunk-GZLHGHLY.js";export{r as SettingsPage,o as settingsTabs};
