var o=e=>`'${e.replaceAll("'","'\\''")}'`,s=new Set(["host","content-length"]);function r(e){let n=e.headers.filter(t=>!s.has(t.name)).map(t=>`-H ${o(`${t.name}: ${t.value}`)}`),a=e.method==="GET"?[]:[`--data-raw ${o(e.body)}`];return[`curl -X ${e.method} ${o(e.url)}`,...n,...a].join(` \\
  `)}export{r as a};
