"""Mirror statistics: both reports of a flow compared, made FOB, weighed and reconciled."""
