import{a,b}from"./chunk-HRVKXCYU.js";import"./chunk-W7HLMO7R.js";import"./chunk-47G5YRGB.js";import"./chunk-RO2R2V2G.js";export{b as KeysList,a as SingleKeys};
