import{Ca as o}from"./chunk-7TESMMOH.js";import"./chunk-JL3G5EZC.js";export{o as App};
