import{a,b}from"./chunk-7RX7LNFP.js";import"./chunk-M5WJTFLM.js";import"./chunk-7AWENT5D.js";import"./chunk-EB3QZGWW.js";export{b as KeysList,a as SingleKeys};
