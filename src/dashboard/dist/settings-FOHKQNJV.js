import{a as o,b as r}from"./chunk-4YAZVQOJ.js";import"./chunk-FQCQ4OUR.js";import"./chunk-C5ZPP43F.js";import"./chunk-USU36IL7.js";export{r as SettingsPage,o as settingsTabs};
