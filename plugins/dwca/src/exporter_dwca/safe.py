"""Terms by what they may tell of a place: what a row whose place is hidden may show, and what is looked through first."""

from __future__ import annotations

from collections.abc import Mapping

_DATES = "eventDate eventTime startDayOfYear endDayOfYear year month day"
_RECORD = """
modified type language license rightsHolder accessRights institutionID institutionCode datasetID datasetName ownerInstitutionCode
"""
COUNTRY = frozenset(["continent", "country", "countryCode", "geodeticDatum"])
_EVENT = (
    f"""eventID parentEventID eventType samplingProtocol sampleSizeValue sampleSizeUnit samplingEffort {_DATES} {_RECORD}"""
)
_OCCURRENCE = """
occurrenceID basisOfRecord collectionID collectionCode catalogNumber recordNumber recordedBy recordedByID individualCount
organismQuantity organismQuantityType sex lifeStage reproductiveCondition caste behavior vitality establishmentMeans
degreeOfEstablishment pathway occurrenceStatus identificationID identificationQualifier typeStatus identifiedBy identifiedByID
dateIdentified identificationVerificationStatus taxonID scientificNameID acceptedNameUsageID parentNameUsageID originalNameUsageID
nameAccordingToID namePublishedInID taxonConceptID scientificName acceptedNameUsage parentNameUsage originalNameUsage
nameAccordingTo namePublishedIn namePublishedInYear higherClassification kingdom phylum class order superfamily family subfamily
tribe subtribe genus genericName subgenus infragenericEpithet specificEpithet infraspecificEpithet cultivarEpithet taxonRank
verbatimTaxonRank scientificNameAuthorship vernacularName nomenclaturalCode taxonomicStatus nomenclaturalStatus
"""
_MEASUREMENT = """
measurementID occurrenceID measurementType measurementTypeID measurementValue measurementValueID measurementAccuracy
measurementUnit measurementUnitID measurementDeterminedDate measurementDeterminedBy
"""
_SURVEY = """
targetTaxonomicScope excludedTaxonomicScope targetLifeStageScope excludedLifeStageScope targetGrowthFormScope
excludedGrowthFormScope targetDegreeOfEstablishmentScope excludedDegreeOfEstablishmentScope isTaxonomicScopeFullyReported
isLifeStageScopeFullyReported isGrowthFormScopeFullyReported isDegreeOfEstablishmentScopeFullyReported isAbsenceReported
hasNonTargetTaxa areNonTargetTaxaFullyReported hasNonTargetOrganisms isAbundanceReported isAbundanceCapReported abundanceCap
isVegetationCoverReported isSamplingEffortReported samplingEffortProtocol samplingEffortValue samplingEffortUnit
eventDurationValue eventDurationUnit protocolNames inventoryTypes isLeastSpecificTargetCategoryQuantityInclusive
"""
_RELATIONSHIP = """
resourceRelationshipID occurrenceID resourceID relatedResourceID relationshipOfResource relationshipOfResourceID
relationshipAccordingTo relationshipEstablishedDate
"""
# safe terms whose words are the host's own: they are empty where they name a place that is covered
FREE = frozenset(
    [
        "eventType",
        "samplingProtocol",
        "samplingEffort",
        "datasetName",
        "collectionCode",
        "behavior",
        "establishmentMeans",
        "pathway",
        "samplingEffortProtocol",
        "protocolNames",
        "inventoryTypes",
        "relationshipOfResource",
        "relationshipAccordingTo",
    ]
)
# what people write about a row, which may name another place
TOLD = frozenset(
    [
        "associatedReferences",
        "bibliographicCitation",
        "caption",
        "description",
        "dynamicProperties",
        "eventRemarks",
        "fieldNotes",
        "georeferenceRemarks",
        "habitat",
        "identificationRemarks",
        "locationRemarks",
        "measurementRemarks",
        "occurrenceRemarks",
        "organismRemarks",
        "relationshipRemarks",
        "taxonRemarks",
        "title",
    ]
)
# what a row may show beside its place; all else is left empty, also terms that no version of this list has heard of
SAFE: Mapping[str, frozenset[str]] = {
    "event": frozenset(_EVENT.split()),
    "occurrence": frozenset(f"{_EVENT} {_OCCURRENCE}".split()),
    "measurement": frozenset(_MEASUREMENT.split()),
    "survey": frozenset(_SURVEY.split()),
    "identification": frozenset(_OCCURRENCE.split()),
    "relationship": frozenset(_RELATIONSHIP.split()),
}
OF_MEDIA = frozenset(["mediaID", "eventID", "occurrenceID", "id", "created", "CreateDate", "type", "format", "license"])
