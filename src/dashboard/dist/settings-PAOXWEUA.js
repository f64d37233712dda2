import{a as o,b as r}from"./chunk-OPY5ZINA.js";import"./chunk-O5VUWCU7.js";import"./chunk-2VIGWRBH.js";import"./chunk-573257LG.js";export{r as SettingsPage,o as settingsTabs};
