import{Ca as o}from"./chunk-46TYVGNJ.js";import"./chunk-EPWDVT7R.js";export{o as App};
