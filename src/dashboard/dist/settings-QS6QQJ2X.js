import{a as o,b as r}from"./chunk-GW5PFGZI.js";import"./chunk-LT4PAEMZ.js";import"./chunk-MBKVGMP7.js";import"./chunk-B5LZR6WQ.js";export{r as SettingsPage,o as settingsTabs};
