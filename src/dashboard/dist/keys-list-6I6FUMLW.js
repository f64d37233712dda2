import{a,b}from"./chunk-BQBDFQGY.js";import"./chunk-4IQLXFNI.js";import"./chunk-4BXRO3OP.js";import"./chunk-7DBZOK3U.js";export{b as KeysList,a as SingleKeys};
