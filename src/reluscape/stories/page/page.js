"use strict";
// Unpacks the plotting library, draws every figure from the data beside it, and says so on <body>.
(async () => {
  const unpack = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  const read = (id) => {
    const place = document.getElementById(id);
    return place.dataset.encoding === "gzip" ? unpack(place.textContent) : place.textContent;
  };

  const narrow = () => window.innerWidth < 640;
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const copy = (value) => JSON.parse(JSON.stringify(value));

  // ink, paper and grid by day, and what stands in their place by night
  const NIGHT = { "#1c2024": "#e8eaed", "#ffffff": "#16191d", "#eceef1": "#2b3138", "#8a9099": "#9aa3ad",
    "#0072B2": "#4aa3dd", "#d9dde2": "#3a4149" };
  const darkened = (value) => JSON.parse(
    JSON.stringify(value).replace(/#1c2024|#ffffff|#eceef1|#8a9099|#0072B2|#d9dde2/g, (color) => NIGHT[color]),
  );
  // what is drawn on coloured ground keeps the colours that stand out there
  const grounded = (figure) => figure.data.some((trace) => trace.type === "heatmap" || trace.fill === "toself");

  // on a phone the scale of colours lies under the picture, which keeps the whole width
  const below = (data) => data.map((trace) => {
    const holder = trace.colorbar ? trace : trace.marker && trace.marker.colorbar ? trace.marker : null;
    if (holder) {
      const bar = holder.colorbar, words = bar.ticktext && bar.ticktext.map((word) => word.replace(" or just above", ""));
      const title = { ...bar.title, side: "top" };
      Object.assign(bar, { orientation: "h", y: -0.22, yanchor: "top", x: 0.5, len: 1, title }, words && { ticktext: words });
    }
    return trace;
  });
  const scaled = (data) => data.some((trace) => trace.colorbar || (trace.marker && trace.marker.colorbar));

  const fit = (figure, width, dark) => {
    const layout = dark ? darkened(figure.layout) : copy(figure.layout);
    if (width < 560) {
      layout.font.size = 11;
      layout.margin = { ...layout.margin, l: Math.min(layout.margin.l, 46), r: Math.min(layout.margin.r, 12) };
      if (figure.narrow) Object.assign(layout, copy(figure.narrow));
    }
    const under = width < 560 && scaled(figure.data) ? 70 : 0;
    if (under) layout.margin = { ...layout.margin, b: (layout.margin.b || 0) + under };
    if (figure.square) layout.height = Math.min(width * 0.86, 620) + (layout.margin.t || 0) + under;
    return layout;
  };

  // rows beyond the first come out when their button is pressed
  const fold = (button) => {
    const rows = button.parentElement.querySelectorAll("tr.more");
    const show = (on) => rows.forEach((row) => row.classList.toggle("folded", !on));
    show(false);
    button.hidden = false;
    button.addEventListener("click", () => { show(true); button.remove(); });
  };

  try {
    document.querySelectorAll("button.all").forEach(fold);
    const list = document.querySelector(".contents details");
    if (list) list.open = window.innerWidth >= 1500;
    const link = document.getElementById("download");
    if (link) {
      link.href = URL.createObjectURL(new Blob([await read("report-data")], { type: "application/json" }));
      link.hidden = false;
    }
    const figures = JSON.parse(await read("figure-specs"));
    const names = Object.keys(figures).filter((name) => document.getElementById(name));
    if (names.length) {
      const script = document.createElement("script");
      script.textContent = await read("plotly-gzip");
      document.head.append(script);
      const draw = (name, dark, width) => {
        const place = document.getElementById(name);
        const config = {
          responsive: true, displaylogo: false, displayModeBar: narrow() ? false : "hover",
          modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
          toImageButtonOptions: { format: "svg", filename: name },
        };
        const figure = figures[name];
        const wide = width || place.clientWidth;
        const plain = dark && !grounded(figure) ? darkened(figure.data) : copy(figure.data);
        const data = wide < 560 ? below(plain) : plain;
        const layout = fit(figure, wide, dark);
        if (width) layout.width = width;
        return window.Plotly.react(place, data, layout, config);
      };
      for (const name of names) {
        const place = document.getElementById(name);
        place.textContent = "";
        place.style.minHeight = "0";
        await draw(name, night.matches);
      }
      const again = (dark, width) => names.forEach((name) => draw(name, dark, width));
      night.addEventListener("change", () => again(night.matches));
      window.addEventListener("beforeprint", () => again(false, 640));
      window.addEventListener("afterprint", () => again(night.matches));
    }
    document.body.dataset.state = "ready";
  } catch (problem) {
    document.querySelectorAll(".plot").forEach((place) => {
      place.textContent = "This picture needs a browser from 2023 or later. Every number stands in the tables.";
    });
    document.body.dataset.state = "failed";
    throw problem;
  }
})();
