"""The elements of a bid file and their attributes, in the order in which they stand there."""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROOT, BID = "XML_ROOT", "Bid"
VERSION = "3.2.0"
BEFORE_CONDITIONS = _words(
    """
    BidPlanRooms BidAreas BidTypAreas BidConditionFolders BidPageFolders BidSettings BidLayers BidTypAreaCounts
    """
)
BEFORE_PAGES = _words(
    """
    UserMasterConditions BidConditionUser BidZones BidTypGroupViews OCRProps
    """
)
OF_PAGES = _words(
    """
    BidTakeoffs BidHighlights BidTexts BidDimensions BidArrows BidALines BidCallOuts BidAnnotationRects
    BidAnnotationOvals BidAnnotationPolygons BidAnnotationClouds BidAnnoInk BidLegends BidPageSettings
    BidAreaTranslations BidMarkedPages BidComments
    """
)
AFTER_PAGES = _words(
    """
    BidNamedViews BidHotLinks
    """
)
OF_BID = (*BEFORE_CONDITIONS, "BidConditions", *BEFORE_PAGES, "BidPages", *AFTER_PAGES)
AFTER_BID = ("Employees", "CdnTypes", "JobStatuses")

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "Bid": _words(
        """
        UID BidProjectUID ParentBidUID OrigBidProjectUID OrigParentBidUID JobStatusUID EstimatorUID PrManagerUID
        JobSiteManagerUID SourceBidUID ExternalID QuickBidDB BidNo BidType JobID JobName ImageFolder Notes IsAccepted
        RecalcNeeded CreateDateTime ModDateTime PriceUsing PriceUsingDatabase PriceUsingWorksheet TakeoffIncrements
        HoursPerDay MeasureBase WeekStartDay QuantitiesInLegend JobSendRec ScaleStyle IsCustomScale ScaleFactor1
        ScaleFactor2 PageScale PageWidth PageHeight LastReceiveDateTime LastSendDateTime DeliverEntireBid
        EstimatedDays Percent ProjectOver DPCMode IsDPCUpdated IgnoreBidAreas SendImageFiles HasSTSClash SRPending
        IsUnlocked FullBidSent TypicalType GUID BidDate CopyFromBidNO CopyTimestamp CoverSheetSelItemType
        CoverSheetSelItemUID LegendFlags IsCalculatedForSlope IsCalculatedForLaborCostCodeTotals
        """
    ),
    "BidArea": _words(
        """
        UID BidUID ParentUID Name Sequence WasSent GUID
        """
    ),
    "BidCondition": _words(
        """
        UID BidUID BidConditionFolderUID BidLayerUID CdnTypeUID ExternalID GUID RefNo Name Notes Type Shape Pattern
        ColorLine ColorFill Width Height Spacing Thickness Rise Run Depth UOM1 UOM2 UOM3 RoundUp Backout DropRun
        DropValue Grid GridSize1 GridSize2 Gap Connect ConnectTolerance Trim Curve SnapToGrid SnapToLinear
        SnapToLinearTolerance ManualLength MatAmount LabAmount SubAmount DirectQuantity1 DirectQuantity2
        DirectQuantity3 FontName FontSize FontBold FontItalic DisplayDimension RoundQuantity Quantity1 Quantity2
        Quantity3 IsTemplate ExcelCell1 ExcelCell2 ExcelCell3 IsCurvedSegment OpenExternalID DisplayGridWhileDrawing
        TypGroupUID ShowTakeoff DisplaySize DisplayName
        """
    ),
    "BidAreaCondition": _words(
        """
        UID BidConditionUID AreaUID TypAreaUID Quantity1 Quantity2 Quantity3
        """
    ),
    "BidPage": _words(
        """
        UID BidUID BidPageFolderUID Name ImagePath OverlayImagePath Show RasterDrawMethod ScaleStyle IsCustomScale
        ScaleFactor1 ScaleFactor2 Scale Width Height ZoomFac CurrentX CurrentY FlipX FlipY Rotation DeskewRotation
        OverlayOffsetX OverlayOffsetY OverlayRotation MultiPageCount Index1 Sequence Invert Bitonal DigitizerNX1
        DigitizerNY1 DigitizerNX2 DigitizerNY2 DigitizerWidth DigitizerHeight DigitizerResX DigitizerResY WasSent
        MasterPageUID TypicalPageRepeats GUID OverlayRect OverlayResized DeskewRotationOverlay ZoomFlag SheetNo
        OCRState OCRUID
        """
    ),
    "BidTakeoff": _words(
        """
        UID BidUID BidConditionUID BidZoneUID BidPageUID BidAreaUID BidTypAreaUID ParentUID No Quantity Count Rotation
        Position GridOffsetX GridOffsetY GridRotation IsNegativeQuantity FontName FontColor FontSize FontBold
        FontItalic FontUnderline TypGroupTakeoffUID TypPageTakeoffUID TakeoffModified TypGroupUID TypGroupMarkerUID
        FlipX FlipY GUID NameFontName NameFontColor NameFontSize NameFontBold NameFontItalic NameFontUnderline Curve
        """
    ),
}


def null(attribute: str) -> str:
    """What stands for nothing: 0 for what refers to another row, else the empty text."""
    return "0" if attribute.endswith("UID") and attribute != "GUID" else ""
