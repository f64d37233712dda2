import{a as o,b as r}from"./chunk-TRXCX2BK.js";import"./chunk-FXLJJUSY.js";import"./chunk-XO4OVBAM.js";import"./chunk-EDOXIWIM.js";export{r as SettingsPage,o as settingsTabs};
