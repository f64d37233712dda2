import{a as o,b as r}from"./chunk-76FOBHSS.js";import"./chunk-VYR7T766.js";import"./chunk-5OBYVEQV.js";import"./chunk-FA6O6OH4.js";export{r as SettingsPage,o as settingsTabs};
