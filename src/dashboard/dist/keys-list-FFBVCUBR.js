import{a,b}from"./chunk-WUADOGXD.js";import"./chunk-5YVUOPFX.js";import"./chunk-XKHXVXEC.js";import"./chunk-7N2W5FRQ.js";export{b as KeysList,a as SingleKeys};
