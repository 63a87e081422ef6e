"""Where the customers' cities are, roughly: latitude and longitude in degrees."""

CITIES: dict[str, tuple[float, float]] = {
    "Buenos Aires": (-34.61, -58.38), "Graz": (47.07, 15.44), "Salzburg": (47.80, 13.05), "Bruxelles": (50.85, 4.35),
    "Charleroi": (50.41, 4.44), "Campinas": (-22.91, -47.06), "Resende": (-22.47, -44.45),
    "Rio de Janeiro": (-22.91, -43.21), "Sao Paulo": (-23.55, -46.63), "Montréal": (45.50, -73.57),
    "Tsawassen": (49.02, -123.08), "Vancouver": (49.26, -123.11), "Kobenhavn": (55.68, 12.57), "Århus": (56.16, 10.20),
    "Helsinki": (60.17, 24.94), "Oulu": (65.01, 25.47), "Lille": (50.63, 3.06), "Lyon": (45.76, 4.84),
    "Marseille": (43.30, 5.38), "Nantes": (47.22, -1.55), "Paris": (48.86, 2.35), "Reims": (49.26, 4.03),
    "Strasbourg": (48.58, 7.75), "Toulouse": (43.60, 1.44), "Versailles": (48.80, 2.13), "Aachen": (50.78, 6.08),
    "Berlin": (52.52, 13.40), "Brandenburg": (52.41, 12.53), "Cunewalde": (51.10, 14.52),
    "Frankfurt a.M.": (50.11, 8.68), "Köln": (50.94, 6.96), "Leipzig": (51.34, 12.37), "Mannheim": (49.49, 8.47),
    "München": (48.14, 11.58), "Münster": (51.96, 7.63), "Stuttgart": (48.78, 9.18), "Cork": (51.90, -8.47),
    "Bergamo": (45.70, 9.67), "Reggio Emilia": (44.70, 10.63), "Torino": (45.07, 7.69), "México D.F.": (19.43, -99.13),
    "Stavern": (59.00, 10.03), "Warszawa": (52.23, 21.01), "Lisboa": (38.72, -9.14), "Barcelona": (41.39, 2.17),
    "Madrid": (40.42, -3.70), "Sevilla": (37.39, -5.99), "Bräcke": (62.75, 15.42), "Luleå": (65.58, 22.15),
    "Bern": (46.95, 7.45), "Genève": (46.20, 6.14), "Cowes": (50.76, -1.30), "London": (51.51, -0.13),
    "Albuquerque": (35.08, -106.65), "Anchorage": (61.22, -149.90), "Boise": (43.62, -116.20),
    "Butte": (46.00, -112.53), "Elgin": (45.56, -117.92), "Eugene": (44.05, -123.09), "Kirkland": (47.68, -122.21),
    "Lander": (42.83, -108.73), "Portland": (45.52, -122.68), "San Francisco": (37.77, -122.42),
    "Seattle": (47.61, -122.33), "Walla Walla": (46.06, -118.34), "Barquisimeto": (10.07, -69.32),
    "Caracas": (10.48, -66.90), "I. de Margarita": (10.97, -63.85), "San Cristóbal": (7.77, -72.22),
}  # fmt: skip
