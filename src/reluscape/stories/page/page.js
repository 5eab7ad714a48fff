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

  const fit = (figure, width) => {
    const layout = JSON.parse(JSON.stringify(figure.layout));
    if (width < 560) {
      layout.font.size = 11;
      layout.margin = { ...layout.margin, l: Math.min(layout.margin.l, 46), r: Math.min(layout.margin.r, 12) };
      if (figure.narrow) Object.assign(layout, JSON.parse(JSON.stringify(figure.narrow)));
    }
    if (figure.square) layout.height = Math.min(width * 0.86, 620) + (layout.margin.t || 0);
    return layout;
  };

  try {
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
      for (const name of names) {
        const place = document.getElementById(name);
        place.textContent = "";
        place.style.minHeight = "0";
        const config = {
          responsive: true, displaylogo: false, displayModeBar: narrow() ? false : "hover",
          modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
          toImageButtonOptions: { format: "svg", filename: name },
        };
        await window.Plotly.newPlot(place, figures[name].data, fit(figures[name], place.clientWidth), config);
      }
      const resize = (width) => names.forEach((name) => {
        const place = document.getElementById(name);
        window.Plotly.relayout(place, { width, height: place.layout.height });
      });
      window.addEventListener("beforeprint", () => resize(640));
      window.addEventListener("afterprint", () => resize(null));
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
