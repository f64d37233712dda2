import{a as o,b as r}from"./chunk-KNK3GZOZ.js";import"./chunk-WJUI53D4.js";import"./chunk-CKJC2Z2M.js";import"./chunk-BZRSZN3Z.js";export{r as SettingsPage,o as settingsTabs};
