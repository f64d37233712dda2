import{a as o,b as r}from"./chunk-CLZZRQL2.js";import"./chunk-CUR5UXPL.js";import"./chunk-JKX2DYU2.js";import"./chunk-XBDAZ25G.js";export{r as SettingsPage,o as settingsTabs};
