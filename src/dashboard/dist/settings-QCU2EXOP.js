import{a as o,b as r}from"./chunk-ULAO3256.js";import"./chunk-QAUHECLK.js";import"./chunk-5GQBVNDI.js";import"./chunk-5PYMZDYJ.js";export{r as SettingsPage,o as settingsTabs};
