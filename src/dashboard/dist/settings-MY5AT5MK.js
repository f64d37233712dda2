import{a as o,b as r}from"./chunk-KBXU2JSQ.js";import"./chunk-BEWXVD7Z.js";import"./chunk-BP63HFMM.js";import"./chunk-AIN5OZFX.js";export{r as SettingsPage,o as settingsTabs};
