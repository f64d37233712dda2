var r=["given_up","message_refused","address_refused"];function s({state:e,answer:o}){return e==="active"&&r.includes(o)?"penalised":e}export{s as a};
