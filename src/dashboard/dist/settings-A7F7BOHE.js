import{a as o,b as r}from"./chunk-VQGPNQSF.js";import"./chunk-W7YAQG7W.js";import"./chunk-7E2L7CFH.js";import"./chunk-3ZHW2R2M.js";export{r as SettingsPage,o as settingsTabs};
