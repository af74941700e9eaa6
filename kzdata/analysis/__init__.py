"""Judgements: part of a year, both reports of a flow, claims against data, gravity, transit."""
