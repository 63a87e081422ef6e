"""Pages composed of several apps."""

from django.shortcuts import render


def home(request, slug):
    return render(request, "dashboards/home.html")
