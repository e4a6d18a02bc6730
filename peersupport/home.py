"""The home page: for each role what is next, and nothing else."""

from django.shortcuts import render


def home(request):
    return render(request, "home.html")
