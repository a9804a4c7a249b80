"""The dialect `bid`: the structure of On-Screen Takeoff's bid file, as far as a public reimplementation shows it. Experimental."""
