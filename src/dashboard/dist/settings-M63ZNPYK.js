import{a as o,b as r}from"./chunk-4DSB2SK6.js";import"./chunk-KF4TK4GU.js";import"./chunk-ACYAMAMH.js";import"./chunk-QVLWUOA4.js";export{r as SettingsPage,o as settingsTabs};
