import{a,b}from"./chunk-T7LWHYJW.js";import"./chunk-VMFIBC7N.js";import"./chunk-EOX5ROBX.js";import"./chunk-M6KH7JHO.js";export{b as KeysList,a as SingleKeys};
