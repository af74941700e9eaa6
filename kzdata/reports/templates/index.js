"use strict";
(function () {
  var table = document.getElementById("table"), body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var search = document.getElementById("search"), count = document.getElementById("count");
  var compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  var fold = function (text) { return text.normalize("NFKC").toLocaleLowerCase(); };

  function show() {
    var words = fold(search.value).split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row) {
      var text = fold(row.textContent);
      row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = count.dataset.some.replace("##", rows.length).replace("#", shown);
  }

  function sort(head) {
    var place = heads.indexOf(head), number = head.dataset.by === "number";
    var down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach(function (each) { each.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.sort(function (a, b) {
      var x = a.cells[place].dataset.key, y = b.cells[place].dataset.key;
      var order = number ? Number(x) - Number(y) : compare(x, y);
      return down ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  heads.forEach(function (head) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", function () { sort(head); });
    head.textContent = "";
    head.appendChild(button);
  });
  search.addEventListener("input", show);
  document.getElementById("finder").hidden = false;
  show();
})();
