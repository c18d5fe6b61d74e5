// Says that mail has come, without moving what is being read.
const seen = document.body.dataset.latest;
const link = document.getElementById("new");
setInterval(async () => {
  if (document.hidden) return;
  const latest = await fetch("/mail/latest").then((r) => r.text(), () => seen);
  if (Number(latest) <= Number(seen)) return;
  if (seen === "0") location.reload();
  else link.hidden = false;
}, 2000);
